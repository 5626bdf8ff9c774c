package org.openingminute.notification.status;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.openingminute.messaging.operators.OperatorDoor;
import org.openingminute.messaging.operators.PayloadMask;
import org.openingminute.notification.caller.Callers;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ProblemCode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets operators in to what the library offers them. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {

    /** Of events of registrations, payments, conferences and mails. */
    @Bean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of(
                "amount",
                "answered",
                "at",
                "attendee",
                "category",
                "changedAt",
                "code",
                "conference",
                "contactGeneration",
                "createdAt",
                "currency",
                "endsOn",
                "generation",
                "holdExpiresAt",
                "id",
                "issuedAt",
                "kind",
                "number",
                "paymentMethod",
                "phase",
                "proof",
                "quantity",
                "reference",
                "registration",
                "revision",
                "sample",
                "slug",
                "startsOn",
                "state",
                "status",
                "timeZone"));
    }

    @Bean
    OperatorDoor operatorDoor(Callers callers) {
        return new Door(callers);
    }

    private record Door(Callers callers) implements OperatorDoor {

        @Override
        public String operator(HttpServletRequest request) {
            return callers.operator(request).account();
        }

        @Override
        public RuntimeException refusal(Refusal refusal) {
            return switch (refusal) {
                case Refusal.Malformed() ->
                    new ApiProblem(ProblemCode.MALFORMED, "The body must be a JSON object of the form asked for.");
                case Refusal.Invalid(String field, String message) -> ApiProblem.invalid(field, message);
                case Refusal.NotFound() -> new ApiProblem(ProblemCode.NOT_FOUND, "There is nothing here.");
                case Refusal.NotAllowedNow(String why) -> new ApiProblem(ProblemCode.NOT_ALLOWED_NOW, why);
            };
        }
    }
}
