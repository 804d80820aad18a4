"""Components of Rasa's NLU graph, one a file, with their mathematics in pure functions beside them."""
