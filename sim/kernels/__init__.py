"""The compiled sweeps over spans of rows, and the row functions that hold their equations. No mesa, pandas, yaml or policies here."""
