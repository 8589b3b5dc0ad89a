"""Whether the serials, the moves and the counts of agents say the same; for `proving`."""

#: What agents got and gave back by serial: agent, product, draw, issued, returned.
BY_SERIAL = """
    select t.agent_id, t.product_id, t.draw_id, t.issued, t.returned from (
        select a.agent_id, s.product_id, s.draw_id, sum(a.issued * a.tickets) as issued,
               sum(a.returned * a.tickets) as returned
        from sales_ticketmove m
        join sales_ticketseries s on s.id = m.series_id
        cross join lateral (values
            (m.target_agent_id, upper(m.numbers) - lower(m.numbers),
             (m.source in ('warehouse', 'branch', 'agent'))::int, -(m.source = 'returned')::int),
            (m.source_agent_id, upper(m.numbers) - lower(m.numbers),
             -(m.target in ('warehouse', 'branch', 'agent'))::int, (m.target = 'returned')::int)
        ) as a(agent_id, tickets, issued, returned)
        where a.agent_id is not null
        group by 1, 2, 3
    ) t
"""

COMPARISONS = (
    (
        # Of every stretch of serials the newest move that concerns it says where it is.
        "sales_ticketholding",
        """
        with points as (
            select series_id, lower(numbers) as at from sales_ticketmove
            union select series_id, upper(numbers) from sales_ticketmove
        ), stretches as (
            select series_id, int4range(at, lead(at) over (partition by series_id order by at))
                as numbers
            from points
        ), moved as (
            select w.series_id, m.target as place, m.target_agent_id as agent_id,
                   m.target_site_id as site_id, range_agg(w.numbers) as numbers
            from stretches w
            join lateral (
                select * from sales_ticketmove m
                where m.series_id = w.series_id and m.numbers && w.numbers
                order by m.id desc limit 1
            ) m on m.target <> ''
            where not upper_inf(w.numbers)
            group by 1, 2, 3, 4
        ), held as (
            select series_id, place, agent_id, site_id, range_agg(numbers) as numbers
            from sales_ticketholding group by 1, 2, 3, 4
        )
        select concat_ws(' ', 'series', coalesce(m.series_id, h.series_id),
                         coalesce(m.place, h.place), coalesce(m.agent_id, h.agent_id),
                         coalesce(m.site_id, h.site_id)),
               m.numbers::text, h.numbers::text
        from moved m full join held h
            on (m.series_id, m.place, coalesce(m.agent_id, 0), coalesce(m.site_id, 0))
             = (h.series_id, h.place, coalesce(h.agent_id, 0), coalesce(h.site_id, 0))
        where m.numbers is distinct from h.numbers
        order by 1 limit %s
        """,
    ),
    (
        # Serials may be fewer than the counts (a company may work by counts), never more.
        "sales_ticketmove",
        f"""
        with serials as ({BY_SERIAL})
        select concat_ws(' ', 'agent', agent_id, 'product', product_id, 'draw', draw_id),
               concat_ws(' ', coalesce(t.issued, 0), coalesce(t.returned, 0)),
               concat_ws(' ', s.issued, s.returned)
        from serials s left join sales_agentdrawtotal t using (agent_id, product_id, draw_id)
        where s.issued > coalesce(t.issued, 0) or s.returned > coalesce(t.returned, 0)
        order by 1 limit %s
        """,  # noqa: S608 -- statements of our own
    ),
)
