"""What other servers' clients say and hear, without HTTP: parsing and encoding."""
