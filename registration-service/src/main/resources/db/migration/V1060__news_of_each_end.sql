-- "phase" bears the end, too: an end that is moved is news again. What was told before is told of the end that it had.
update conference_news set phase = phase || ' ' || (body #>> '{phase,until}')
 where kind = 'deadline-near' and phase not like '% %';
