"""What image models can do, ask for and cost: reviewed data, and the rules that read it. Knows no provider."""
