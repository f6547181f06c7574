"""One module an engine; each imports its library and no other module does."""
