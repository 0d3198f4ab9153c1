"""What is wrong with a node, and what to do: each check looks at one thing and says both sides."""
