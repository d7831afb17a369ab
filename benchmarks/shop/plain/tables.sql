create schema plain;
set search_path = plain;
create table placed (
    order_id bigint primary key, order_rank bigint, person_id bigint, placed_us bigint,
    placed_at timestamp, placed_on date, month bigint, is_purchase bigint,
    shipping bigint, tax bigint, segment text, sales bigint
);
create table lines (
    order_id bigint, placed_on date, kind text, product_id bigint, kept numeric(16, 4),
    sales bigint, discounts bigint
);
create table refunds (
    refund_id bigint primary key, order_id bigint, month bigint, amount bigint
);
create table costs (
    product_id bigint, valid_from date, valid_until date, cost bigint
);
create table visits (
    touch_id bigint, touch_rank bigint, person_id bigint, touched_us bigint, channel text
);
create table contacts (person_id bigint primary key, orders bigint);
create table stages (person_id bigint, stage text, began_at timestamp);
create table months (month bigint primary key, begins_on date, ends_on date);
create table channels (place bigint, channel text primary key);
