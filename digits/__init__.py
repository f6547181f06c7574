"""The vocabulary that training and service share: the image contract, imaging, errors, the store."""
