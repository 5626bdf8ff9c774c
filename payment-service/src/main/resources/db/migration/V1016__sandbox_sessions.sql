-- A session of the sandbox is one row, with the attempts and disputes in it. The tables of before keep their rows under other names.
alter table sandbox.session
    add column attempts text not null default '[]',     -- JSON
    add column disputes text not null default '[]',     -- JSON
    add column payment text unique,                     -- the attempt that was captured
    add column captured_at timestamptz,
    add column disputed_at timestamptz;                 -- when its dispute began or ended last
alter table sandbox.session set (fillfactor = 50, toast_tuple_target = 8160);

update sandbox.session s
   set attempts = coalesce((
           select json_agg(json_build_object('id', id, 'at', tried_at, 'outcome', outcome, 'reason', reason, 'card', card)
                           order by tried_at, id)::text
             from sandbox.try t where t.session = s.id), '[]'),
       disputes = coalesce((
           select json_agg(json_build_object('id', id, 'payment', payment,
                                             'amount', json_build_object('amount', amount, 'currency', currency),
                                             'state', state, 'at', opened_at, 'endedAt', ended_at) order by opened_at, id)::text
             from sandbox.dispute d where d.session = s.id), '[]'),
       payment = (select id from sandbox.try t where t.session = s.id and outcome = 'captured'),
       captured_at = (select tried_at from sandbox.try t where t.session = s.id and outcome = 'captured'),
       disputed_at = (select max(coalesce(ended_at, opened_at)) from sandbox.dispute d where d.session = s.id);

create index session_disputed_at on sandbox.session (disputed_at) where disputed_at is not null;
alter table sandbox.session drop column card;
alter table sandbox.try rename to old_try;
alter table sandbox.dispute rename to old_dispute;
