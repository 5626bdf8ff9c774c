package org.openingminute.messaging.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.ExponentialBackOffWithMaxRetries;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/** Retries transient failures, and parks messages that fail too often. */
final class ReaderErrorHandler extends DefaultErrorHandler {

    private static final Logger log = LoggerFactory.getLogger(ReaderErrorHandler.class);
    private static final int MAX_ATTEMPTS = 5;
    private static final FixedBackOff NO_MORE = new FixedBackOff(0, 0);

    private final MeterRegistry meters;

    ReaderErrorHandler(ParkedMessages parked, MeterRegistry meters) {
        super((record, failure) -> parked.park(bytes(record), failure), NO_MORE);
        this.meters = meters;
        setBackOffFunction((record, failure) -> backOff(failure));
        setRetryListeners(this::failed);
        setLogLevel(KafkaException.Level.DEBUG);
        setResetStateOnRecoveryFailure(false);
    }

    private void failed(ConsumerRecord<?, ?> record, @Nullable Exception failure, int attempt) {
        meters.counter("messaging.failed", "topic", record.topic()).increment();
        if (attempt == 1) {
            log.info(
                    "Applying a message failed, retrying unless the failure is permanent:"
                            + " key {} topic {} partition {} offset {}: {}",
                    ParkedMessages.keyOf(record),
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    failure == null
                            ? ""
                            : ParkedMessages.rootOf(failure).getClass().getSimpleName());
        }
    }

    private static BackOff backOff(Exception failure) {
        if (ParkedMessages.rootOf(failure) instanceof PermanentFailure) {
            return NO_MORE;
        }
        if (mayPass(failure)) {
            ExponentialBackOff forAsLongAsItTakes = new ExponentialBackOff(100, 2);
            forAsLongAsItTakes.setMaxInterval(2_000);
            return forAsLongAsItTakes;
        }
        ExponentialBackOffWithMaxRetries some = new ExponentialBackOffWithMaxRetries(MAX_ATTEMPTS - 1);
        some.setInitialInterval(100);
        some.setMultiplier(2);
        return some;
    }

    /** Whether the database or the network is the cause, and not the message itself. */
    static boolean mayPass(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof DataAccessResourceFailureException
                    || cause instanceof QueryTimeoutException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof TransactionSystemException
                    || cause instanceof TransientFailure
                    || cause instanceof java.sql.SQLTransientException
                    || cause instanceof java.io.IOException) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("unchecked") // the deserializers are ours, so the types are known
    private static ConsumerRecord<String, byte[]> bytes(ConsumerRecord<?, ?> record) {
        return (ConsumerRecord<String, byte[]>) record;
    }
}
