"""The contract between agencies and Switchboard: schemas, their catalogue, and the codec."""
