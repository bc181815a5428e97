"""What turns Markdown and `l2widgets` into a static site; it stays at home, the browser never sees it."""
