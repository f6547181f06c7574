"""What a run leaves for people: a folder with its config, its history, its figures and one page."""
