package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.openingminute.kit.testing.AccessMatrix;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Proves for each operation of the running service which callers it admits and refuses. */
@NotificationServiceApplicationTest
class AccessIT implements AccessMatrix {

    @Autowired
    private ServiceFixture service;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mapping;

    @LocalServerPort
    private int port;

    @Override
    public URI base() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public String accessTokenKeys() {
        return ServiceFixture.KEYS;
    }

    @Override
    public String staffToken(String role) {
        return ServiceFixture.STAFF.token(role);
    }

    @Override
    public Stream<Route> routes() {
        return Route.of(mapping);
    }

    @Override
    public Subject subject() {
        Story story = new Story();
        Subject subject = new Subject(story.id, UUID.randomUUID(), UUID.randomUUID());
        story.with(
                "attendees",
                List.of(
                        DocumentsIT.person(subject.attendee(), "Ada", 0, null),
                        DocumentsIT.person(subject.otherAttendee(), "Grace", 0, null)));
        NEIGHBOURS.publish(story.confirmed());
        String calendar = "/api/registrations/" + story.id + "/attendees/" + subject.attendee() + "/calendar.ics";
        soon(() -> assertThat(service.call(
                                "GET",
                                calendar,
                                null,
                                "Authorization",
                                "Bearer " + ServiceFixture.token(story.id, "-", 0))
                        .statusCode())
                .isEqualTo(200));
        return subject;
    }

    @Override
    public Map<String, String> variables(Subject subject) {
        return Map.of(
                "id", subject.registration().toString(),
                "attendeeId", subject.attendee().toString(),
                "slug", "nowhere",
                "kind", "pay-now",
                "locale", "en",
                "token", "nobody");
    }
}
