"""Likelihoods of regression models, plain and with Firth's penalty, and what is read off them."""
