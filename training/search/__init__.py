"""The search for a better config: Optuna's trials over depth, width and all that trains them.

Optuna and not KerasTuner: its trials live in one SQLite file that several processes share and that a
later call goes on with, it prunes by the median of what other trials had at the same epoch, and it says
which parameters mattered. KerasTuner needs a chief process to distribute, and has none of the rest.
"""
