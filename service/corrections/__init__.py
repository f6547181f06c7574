"""Corrections of answers, without HTTP: what people may send, and who asks the database, and when."""
