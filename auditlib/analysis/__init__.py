"""Questions asked of a result: why, what changed, how near, which reading, which weight; other periods, other units."""
