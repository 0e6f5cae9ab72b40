"""What leaves on paper: posters, flyers and the book of contributions, as bytes ready for a printer."""
