"""What a page of any software says: main text, title, date, author, licence, posts."""
