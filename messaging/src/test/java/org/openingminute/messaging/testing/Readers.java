package org.openingminute.messaging.testing;

import java.util.List;
import java.util.stream.Stream;
import org.openingminute.messaging.inbox.MessageReader;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** What a service reads. */
public final class Readers {

    private Readers() {}

    /** Of every method of a service that reads a topic, what it says of itself. */
    public static List<MessageReader> of(ListableBeanFactory service) {
        MetadataLookup<MessageReader> terms =
                method -> AnnotatedElementUtils.findMergedAnnotation(method, MessageReader.class);
        return Stream.of(service.getBeanDefinitionNames())
                .flatMap(name -> Stream.ofNullable(service.getType(name)))
                .flatMap(type -> MethodIntrospector.selectMethods(type, terms).values().stream())
                .toList();
    }
}
