"""What meters read goes in; what it says of the sales of those months comes out."""
