package org.openingminute.messaging.inbox;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Records which messages this service has applied, so that duplicates have no effect. Each check is an insert in the caller's transaction,
 * so of two concurrent deliveries only one is accepted as the first. If an outbox row follows, take the {@link OrderLock} before the check.
 */
public final class Inbox {

    /**
     * Restores what a service did outside of its database, from the service's own messages about it. In a new incarnation of the database,
     * whose last commits may be missing, the bean receives these messages again before any reader goes back, so that the same is not done
     * twice. The messages begin well before the time that may be lost.
     */
    public interface OwnMessageRecovery {

        /** The topic to which the service published the messages. */
        String topic();

        /**
         * Records what the messages report as done. May receive a message more than once, and on several instances.
         *
         * @param messages in the order of their keys
         */
        void note(List<Message> messages);
    }

    private final JdbcClient jdbc;

    Inbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Records an event's sequence.
     *
     * @return whether the sequence is higher than any recorded for the event's topic and key; if not, the caller must ignore the event
     * @throws IllegalStateException outside a transaction
     */
    public boolean advances(Message event) {
        requireTransaction();
        return jdbc.sql("""
                insert into inbox (topic, message_key, sequence) values (?, ?, ?)
                on conflict (topic, message_key) do update set sequence = excluded.sequence
                 where inbox.sequence < excluded.sequence
                """)
                        .param(event.topic())
                        .param(event.key())
                        .param(event.sequence())
                        .update()
                == 1;
    }

    /**
     * Records the sequences of many events in one statement, with the same effect as {@link #advances} for one after the other.
     *
     * @param events in the order of their keys
     * @return those that advance their key, the same objects in the same order
     * @throws IllegalStateException outside a transaction
     */
    public List<Message> advancing(List<Message> events) {
        requireTransaction();
        if (events.isEmpty()) {
            return List.of();
        }
        Map<Subject, Long> noted = new HashMap<>();
        jdbc.sql("""
                insert into inbox (topic, message_key, sequence)
                select topic, message_key, max(sequence) from unnest(?, ?, ?) as event (topic, message_key, sequence)
                 group by topic, message_key order by topic, message_key
                on conflict (topic, message_key) do update set sequence = excluded.sequence
                 where inbox.sequence < excluded.sequence
                returning topic, message_key, old.sequence as before
                """)
                .param(events.stream().map(Message::topic).toArray(String[]::new))
                .param(events.stream().map(Message::key).toArray(String[]::new))
                .param(events.stream().map(Message::sequence).toArray(Long[]::new))
                .query(row -> {
                    @Nullable Long before = row.getObject("before", Long.class);
                    noted.put(
                            new Subject(row.getString("topic"), row.getString("message_key")),
                            before == null ? Long.MIN_VALUE : before);
                });
        return events.stream().filter(event -> advances(event, noted)).toList();
    }

    private record Subject(String topic, String key) {}

    private static boolean advances(Message event, Map<Subject, Long> noted) {
        Subject subject = new Subject(event.topic(), event.key());
        boolean advances = event.sequence() > noted.getOrDefault(subject, Long.MAX_VALUE);
        if (advances) {
            noted.put(subject, event.sequence());
        }
        return advances;
    }

    /**
     * Records a command as done.
     *
     * @return whether it was not recorded before
     * @throws IllegalStateException outside a transaction
     */
    public boolean firstTime(Message command) {
        requireTransaction();
        return jdbc.sql("insert into command_done (id) values (?) on conflict do nothing")
                        .param(command.id())
                        .update()
                == 1;
    }

    /**
     * Records many commands as done in one statement, with the same effect as {@link #firstTime} for one after the other.
     *
     * @return those that were not noted before, the same objects in the same order
     * @throws IllegalStateException outside a transaction
     */
    public List<Message> firstTimes(List<Message> commands) {
        requireTransaction();
        if (commands.isEmpty()) {
            return List.of();
        }
        Set<UUID> first = new HashSet<>(jdbc.sql("""
                insert into command_done (id) select id from unnest(?) as command (id) order by id
                on conflict do nothing returning id
                """)
                .param(commands.stream().map(Message::id).toArray(UUID[]::new))
                .query(UUID.class)
                .list());
        return commands.stream().filter(command -> first.remove(command.id())).toList();
    }

    /**
     * Whether a message would have no effect, because a sequence at least as high is recorded for its topic and key, or because it is a
     * command that is done. Unlike the checks above, this one writes nothing, and its result may be outdated.
     */
    boolean knows(Message message) {
        return jdbc.sql("""
                select exists (select from inbox where topic = ? and message_key = ? and sequence >= ?)
                    or exists (select from command_done where id = ?)
                """)
                .param(message.topic())
                .param(message.key())
                .param(message.sequence())
                .param(message.id())
                .query(Boolean.class)
                .single();
    }

    /** The messages of one topic for which {@link #knows} is true, in one query. */
    Set<Message> known(List<Message> messages) {
        return jdbc.sql("""
                select m.place
                  from unnest(?, ?, ?) with ordinality as m (message_key, sequence, id, place)
                 where exists (select from inbox i
                                where i.topic = ? and i.message_key = m.message_key and i.sequence >= m.sequence)
                    or exists (select from command_done c where c.id = m.id)
                """)
                .param(messages.stream().map(Message::key).toArray(String[]::new))
                .param(messages.stream().map(Message::sequence).toArray(Long[]::new))
                .param(messages.stream().map(Message::id).toArray(UUID[]::new))
                .param(messages.getFirst().topic())
                .query((row, _) -> messages.get(row.getInt("place") - 1))
                .set();
    }

    /** Whether a higher sequence is recorded for the event's topic and key. The result may be outdated. */
    boolean wentPast(Message event) {
        return jdbc.sql("select exists (select from inbox where topic = ? and message_key = ? and sequence > ?)")
                .param(event.topic())
                .param(event.key())
                .param(event.sequence())
                .query(Boolean.class)
                .single();
    }

    private static void requireTransaction() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("the inbox is used inside the transaction that applies the message");
        }
    }
}
