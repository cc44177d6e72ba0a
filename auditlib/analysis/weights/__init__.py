"""How far totals and ranks depend on the weights, the readings and single indicators."""
