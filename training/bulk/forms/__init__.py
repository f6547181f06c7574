"""How answers are written: CSV, which needs no library, or Parquet."""

from training.bulk.forms.as_csv import Csv
from training.bulk.forms.as_parquet import Parquet
from training.bulk.forms.form import Form, Left

FORMS: dict[str, type[Form]] = {".csv": Csv, ".parquet": Parquet}
"""By the suffix of the file."""

__all__ = ["FORMS", "Csv", "Form", "Left", "Parquet"]
