"""Working papers: exceptions, samples and findings of one snapshot, who prepared and reviewed them, and the seal."""
