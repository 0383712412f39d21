"""The body as data: bones, joints, digits, landmarks and published norms. Written once, used everywhere."""
