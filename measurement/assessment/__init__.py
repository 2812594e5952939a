"""Assessments: frameworks as data, rounds, evidence, forms and reports."""
