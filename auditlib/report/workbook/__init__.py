"""The workbook of a period: what was scored, from what, and formulas that add it up again."""
