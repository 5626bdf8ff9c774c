package org.openingminute.messaging.operators;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What a service adds so that operators can reach the library's part of {@code /internal/ops}: who is calling, and how it says
 * no. Without a bean of this type those paths are not there. Implementations are safe for all threads.
 */
public interface OperatorDoor {

    /**
     * The account of the operator who is calling.
     *
     * @throws RuntimeException the service's own, for whoever is none
     */
    String operator(HttpServletRequest request);

    /** The service's own exception that answers with a refusal. */
    RuntimeException refusal(Refusal refusal);

    /** Says anew what has to be there before old messages come again; by default nothing has to. */
    default void beforeRelayingAgain() {}

    /** Why a request is refused. */
    sealed interface Refusal {

        /** The body cannot be read: {@code malformed}. */
        record Malformed() implements Refusal {}

        /** A field or parameter is understood and wrong: {@code invalid}. */
        record Invalid(String field, String message) implements Refusal {}

        /** There is no such letter: {@code not-found}. */
        record NotFound() implements Refusal {}

        /** The letter is not open: {@code not-allowed-now}. */
        record NotAllowedNow(String why) implements Refusal {}
    }
}
