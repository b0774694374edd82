-- The state of a compartment is summed from those of its records, in the order of their ids. A row of
-- this index is a tenth of one of `record`, and the rows lie side by side.
CREATE INDEX record_state ON record(compartment, id, state) WHERE flags & 1;
