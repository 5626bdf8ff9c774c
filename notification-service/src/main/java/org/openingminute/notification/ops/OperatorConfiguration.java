package org.openingminute.notification.ops;

import java.util.Set;
import org.openingminute.messaging.operations.PayloadMask;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The fields of parked messages that operators may see. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {

    /** Lists the visible fields of events about registrations, payments, conferences and mails. */
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
}
