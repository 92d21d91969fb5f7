\set product random(1, :products)
\set operation random(1, 9000000000000000000)
select quantity, version, last_op from stock where sku = 'sku-' || lpad((:product)::text, 3, '0') \gset
\set left :quantity - 1
with written as (update stock set quantity = :left, version = version + 1, previous_op = last_op, last_op = (:operation)::text where sku = 'sku-' || lpad((:product)::text, 3, '0') and version = :version returning sku, quantity, version, last_op, previous_op), sale as (insert into sales (operation, sku, quantity) select last_op, sku, 1 from written) select count(*) as wrote from written \gset
\if :wrote = 0
select conflict();
\endif
