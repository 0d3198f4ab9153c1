"""How well the matcher tells persons apart, on labelled data; and where its weights come from."""
