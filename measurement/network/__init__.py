"""Comparison with others: a network's signed bundles, and Kolada."""
