"""One file a step; the first line of each says what it does."""
