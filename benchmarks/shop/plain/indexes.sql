create index on plain.placed (person_id, placed_us);
create index on plain.lines (order_id);
create index on plain.refunds (order_id);
create index on plain.visits (person_id, touched_us);
create index on plain.stages (person_id, began_at);
analyze plain.placed, plain.lines, plain.refunds, plain.costs, plain.visits,
    plain.contacts, plain.stages, plain.months, plain.channels;
