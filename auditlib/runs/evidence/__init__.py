"""What a run leaves behind to be believed: manifest, chain, crate, signatures."""
