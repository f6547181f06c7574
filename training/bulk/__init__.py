"""Many pictures at once: from a folder, an archive or a Parquet file to one file of answers."""
