"""What chance alone does to shares and ranks: intervals, funnels, rank sets, and when a table says nothing."""
