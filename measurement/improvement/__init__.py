"""Improvement work (DMAIC) on any series."""
