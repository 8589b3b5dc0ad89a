"""Minutes and notices of conclusions as papers in the layout of Decree 30/2020/NĐ-CP."""
