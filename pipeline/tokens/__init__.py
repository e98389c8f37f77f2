"""Token streams: encoding documents and packing them into blocks."""
