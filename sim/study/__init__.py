"""Studies: many cells of one scenario, comparisons, fits and certificates. Not here: the model itself."""
