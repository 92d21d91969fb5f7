\set product random(1, :products)
\set operation random(1, 9000000000000000000)
begin;
select quantity, version, last_op from stock where sku = 'sku-' || lpad((:product)::text, 3, '0') for update \gset
\set left :quantity - 1
with written as (update stock set quantity = :left, version = version + 1, previous_op = last_op, last_op = (:operation)::text where sku = 'sku-' || lpad((:product)::text, 3, '0') returning sku, quantity, version, last_op, previous_op), sale as (insert into sales (operation, sku, quantity) select last_op, sku, 1 from written) select quantity, version, last_op, previous_op from written;
commit;
