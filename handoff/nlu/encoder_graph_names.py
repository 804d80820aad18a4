"""Names of the encoder graph's inputs and outputs: what writes it and what runs it must agree on them."""

INPUT_IDS = "input_ids"
ATTENTION_MASK = "attention_mask"
EMBEDDING = "embedding"
MIDDLE_EMBEDDING = "middle_embedding"
TOKEN_EMBEDDINGS = "token_embeddings"
