"""Corrections of answers: pictures that people gave with the right label, kept, exported and read again.

What needs SQLAlchemy is imported by `opening` alone, when a database is opened.
"""
