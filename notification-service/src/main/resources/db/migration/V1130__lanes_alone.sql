-- Each lane's own index says what is due next. A lease's plan, made while few mails waited, took this one for each lane, and then read
-- all that waited as often as there are lanes.
drop index mail_next_try;
