"""How far readings of the same films agree: between readers, of one reader with himself, of readers and software."""
