"""Names of the encoder graph's inputs and outputs: what writes it and what runs it must agree on them."""

INPUT_IDS = "input_ids"
ATTENTION_MASK = "attention_mask"
EMBEDDING = "embedding"
TOKEN_EMBEDDINGS = "token_embeddings"
